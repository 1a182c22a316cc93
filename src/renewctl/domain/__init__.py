"""What renewctl exists for: who is notified, why, what a change would mean. No files, no output, no clock."""
