"""The search for routes: trips as jobs, ruined and built anew by compiled code; several processes at once."""
