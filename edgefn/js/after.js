//#if routeAfter
if (c) {
  request = event.request = OWN_ROUTE_AFTER;
  //#include hooks
}
//#end
//#if after
request = OWN_AFTER;
//#end
