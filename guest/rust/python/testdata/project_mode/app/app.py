import app.deep.er.one
import app.apart.two
