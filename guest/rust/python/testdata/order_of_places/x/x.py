import a, b, json, os
