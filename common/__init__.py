"""What the papers share. Knows no paper except through `catalogue`, which finds them by slug."""
