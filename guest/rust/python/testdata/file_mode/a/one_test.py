import a.one
