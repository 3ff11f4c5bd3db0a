"""Who eats, what they asked for, who pays, and what they got."""
