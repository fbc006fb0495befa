import app.deep.er.one
