import a.two
