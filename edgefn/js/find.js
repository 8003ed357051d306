// The route is a number, or what a list says of it; 0 for none.
//#if lists
var codes;
var row;
var entry;
var x; // the code of the entry,
var y; // and its second character
//#end
//#if chunks
var REGISTERS;
//#end
//#if reads
var rows;
//#if beside
var beside;
//#end
var value;
var low;
var high;
//#if levels
var level;
//#end
if (!probing) {
  held = {};
  reads = 0;
}
//#end

//#if hosts
// A host that is spelled out is looked up before those with a star, and those
// before none.
var viewerHost = request.headers.host;
viewerHost = viewerHost ? viewerHost.value.toLowerCase() : '';
if (viewerHost.indexOf(':') >= 0) viewerHost = viewerHost.slice(0, viewerHost.indexOf(':'));
//#if stars
var stars = 0;
//#end
n = 1;
for (var host = viewerHost; ; host = NEXT_HOST) {
  v = host + path + '/';
//#end

//#if lists
//#include list
if (!route) {
//#end
route = FIND;
//#if shared
if (route > ROUTES) route = SHARED;
//#end
//#if lists
}
//#end

//#if hosts
  if (route || !host) break;
}
v = path + '/';
//#end
