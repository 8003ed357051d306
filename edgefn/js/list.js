//#if chunks
// The last entry of the chunk of v that v does not come before.
codes = CHUNKS;
entry = SEARCH;
//#end
//#if reads
entry = 0;
//#if hosts
if (LISTED)
//#end
{
  //#include read
}
//#end
// Of that one and those around it, the innermost that matches.
while (entry) {
  CODE
  if (MATCHES) {
    COLUMNS
    break;
  }
  entry = PARENT;
}
