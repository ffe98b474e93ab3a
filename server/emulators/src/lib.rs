//! Emulators of the PSAs' APIs, as strict as the vendors about headers, required fields, paging and errors, and able to
//! fail on purpose. For tests, and for the demo.
