import a.a
