// Word for the viewer-response function, and no viewer's own.
if (NEEDED) headers['x-cfrouter-respond'] = { value: WORD };
else delete headers['x-cfrouter-respond'];
