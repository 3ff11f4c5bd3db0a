"""Programmes from outside: files, revisions, sentences, differences."""
