"""What kind of answer a question asks for, and how that is laid out."""
