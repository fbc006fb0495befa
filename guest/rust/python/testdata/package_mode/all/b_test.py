import stock.shelf
