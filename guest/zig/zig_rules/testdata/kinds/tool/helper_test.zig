test named {}
