import os
# gazelle:ignore
