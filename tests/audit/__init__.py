"""`make audit`: what auditors say of our code, and of what it is made of."""
