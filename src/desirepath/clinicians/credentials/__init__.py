"""What a clinician holds, who has verified it, and until when it clears her to work in each pool."""
