from shop.item import Item
import stock.shelf
