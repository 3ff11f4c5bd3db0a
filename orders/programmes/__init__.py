"""A city's meal plan as data: schema, conditions, benefits, sentences."""
