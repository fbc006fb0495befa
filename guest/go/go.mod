module dorcas.dev/dorcas

go 1.24
