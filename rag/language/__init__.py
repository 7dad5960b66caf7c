"""What English sentences say: names, figures, dates, speakers, and the words that matter."""
