"""Pictures of cards for the documents, drawn from what was really sent to the fakes of the platforms."""
