"""Who watches over the meals: flags, sites, inspections, complaints, surveys."""
