import gone
from also.gone import x
import mine  # gazelle:ignore mine
# gazelle:include_dep //b:c,@d//:e
