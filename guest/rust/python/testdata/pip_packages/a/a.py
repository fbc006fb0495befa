import requests.sessions
from yaml import load
import arrow, arrow.plugin.x
