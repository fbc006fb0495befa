module example.com/my_lang

go 1.24

require dorcas.dev/dorcas v0.0.0

replace dorcas.dev/dorcas => ./dorcas
