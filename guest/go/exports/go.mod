module dorcas.dev/exports

go 1.24
