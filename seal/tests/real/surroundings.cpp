// A guest in C++ with libc++ and wasi-libc: its answer is an error that tells what it saw of its surroundings.
#include "guest.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <dirent.h>
#include <map>
#include <random>
#include <string>
#include <vector>
#include <unistd.h>

struct record { const char *path; uint32_t path_len; const char *content; uint32_t content_len; };

__attribute__((import_module("dorcas_seal"), import_name("mount")))
extern "C" uint32_t dorcas_mount(const record *table, uint32_t count);

// Filled by a constructor, which `_initialize` runs.
static const std::map<std::string, std::string> files = {
    {"docs/guide.md", "# Guide"}, {"docs/index.md", std::string(5000, 'x')}, {"readme", "read me"}};

extern "C" EXPORT("lang_name") uint64_t lang_name() { return give("cpp", 3); }

extern "C" EXPORT("generate_rules") uint64_t generate_rules(const char *request, uint32_t n) {
  std::string asked(request, n);
  std::printf("a call\n");
  if (asked.find("panic") != std::string::npos) { std::fprintf(stderr, "as requested\n"); abort(); }
  if (asked.find("exit") != std::string::npos) exit(3);

  std::vector<record> table;
  for (const auto &[path, content] : files)
    table.push_back({path.data(), (uint32_t)path.size(), content.data(), (uint32_t)content.size()});
  std::string seen = "mounted: " + std::to_string(dorcas_mount(table.data(), table.size())) + "\n";

  std::vector<std::string> names;
  if (DIR *docs = opendir("/docs")) {
    while (dirent *entry = readdir(docs)) names.push_back(entry->d_name);
    closedir(docs);
  }
  std::sort(names.begin(), names.end());
  for (const auto &name : names) {
    std::FILE *file = std::fopen(("/docs/" + name).c_str(), "r");
    std::string content;
    char buffer[512];
    while (file) {
      size_t some = std::fread(buffer, 1, sizeof buffer, file);
      content.append(buffer, some);
      if (some == 0) break;
    }
    if (file) std::fclose(file);
    seen += name + ": " + std::to_string(content.size()) + "\n";
  }
  errno = 0;
  std::FILE *written = std::fopen("/new", "w");
  seen += std::string(written ? "written" : "not written") + ", error " + std::to_string(errno) + "\n";
  unsigned random;
  getentropy(&random, sizeof random);
  seen += "random " + std::to_string(random) + "\n";
  std::time_t now = std::time(nullptr);
  sleep(3600);
  seen += "now " + std::to_string(now) + ", an hour later " + std::to_string(std::time(nullptr)) + "\n";
  return say(seen.data(), seen.size());
}
