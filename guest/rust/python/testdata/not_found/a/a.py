import os
import nowhere.at.all
