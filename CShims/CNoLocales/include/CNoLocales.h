// Foundation carries ICU's tables of languages and regions: 34 MB, almost half of the command when the runtime is linked into
// it. The libraries that need all of Foundation (GRDB, Yams, SwiftCSV, Mustache) use ICU's code for patterns and characters, whose
// data is part of that code; nothing here formats for a language or a region. This module takes the place of the tables with
// an empty set, as ICU itself is built without data. A table that is asked for is then reported as missing by ICU.
//
// Where the toolchain's ICU is of another version than the name says, the real tables are linked and nothing else changes.
// `Tests/extended` runs the tests of the command with the binary that was linked so.
#ifndef CNOLOCALES_H
#define CNOLOCALES_H
#endif
