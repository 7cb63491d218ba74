// An empty replacement for ICU's locale data, which Foundation links: 34 MB of tables of languages and
// regions, almost half of the command when the runtime is linked into it.
//
// The libraries that need all of Foundation (GRDB, Yams, SwiftCSV, Mustache) use ICU's code for patterns and
// characters, whose data is part of that code. Nothing here formats for a language or a region. This module
// replaces the tables with an empty set, as in a build of ICU without data. ICU then reports a requested
// table as missing.
//
// If the toolchain's ICU has another version than the symbol name says, the real tables are linked and
// nothing else changes. `Tests/extended` runs the tests of the command with the binary that was linked this
// way.
#ifndef CNOLOCALES_H
#define CNOLOCALES_H
#endif
