module sealed.example/guest

go 1.24
