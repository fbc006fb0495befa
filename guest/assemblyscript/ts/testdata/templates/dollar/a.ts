export const a = `$`, b = `$$`, c = `$${"$"}$`, d = `\$`;
import '../l1/m';
export const e = `$ {import '../l9/m'}`;
$require("../l9/m");
import '../l2/m';
