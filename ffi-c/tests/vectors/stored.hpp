// The records in the folder of a store, as another process reads and writes them.
#pragma once

#include "strict.hpp"

#include <filesystem>

// Replaces the record of an interface; it must exist.
void replace_stored(const std::filesystem::path &folder, const json &vector);
// Compares the record of an interface.
void compare_stored(const std::filesystem::path &folder, const json &expected);
