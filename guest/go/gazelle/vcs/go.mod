module golang.org/x/tools/go/vcs

go 1.24
