//#if before
// The path that comes of it is the one that is routed and checked.
if (!probing) {
  request = event.request = OWN_BEFORE;
  //#include hooks
}
//#end
