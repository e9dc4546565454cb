#pragma once

#include <sqlite3.h>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <string>

namespace kie::history {

/// The system's files, which can be told to fail as disks do. Registered with SQLite as name() for
/// as long as it lives.
class FaultyVfs {
 public:
  enum class Fault {
    kNone,
    /// No room: what would be written is not.
    kFull,
    /// The disk gives errors to those who write.
    kIoError,
    /// Nothing can be made or opened to be written.
    kReadOnly,
    /// Writing takes until there is another fault, or none.
    kHangs,
    /// Only what waits until all that was written is on the disk takes so long.
    kSyncHangs,
    /// The same of those who read and do not write.
    kReadersHang,
    /// The disk gives them errors.
    kReadersFail,
  };

  FaultyVfs() {
    vfs_ = *real_;
    vfs_.zName = name();
    vfs_.szOsFile = static_cast<int>(sizeof(File)) + real_->szOsFile;
    vfs_.pAppData = this;
    vfs_.xOpen = open;
    sqlite3_vfs_register(&vfs_, 0);
  }
  ~FaultyVfs() { sqlite3_vfs_unregister(&vfs_); }
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;

  static const char* name() { return "faulty"; }
  void set(Fault fault) {
    fault_ = fault;
    fault_.notify_all();
  }
  /// How often a fault was met.
  int met() const { return met_; }

 private:
  struct File {
    sqlite3_file base;
    FaultyVfs* vfs;
    /// SQLite's, which lives as long as the file.
    const char* name;
    bool is_reader;
    sqlite3_file* real;
  };

  static File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }

  int fault() {
    const auto now = fault_.load();
    if (now == Fault::kNone || now == Fault::kSyncHangs || now == Fault::kReadersHang ||
        now == Fault::kReadersFail)
      return SQLITE_OK;
    ++met_;
    if (now == Fault::kFull) return SQLITE_FULL;
    if (now == Fault::kIoError) return SQLITE_IOERR_WRITE;
    if (now == Fault::kReadOnly) return SQLITE_READONLY;
    fault_.wait(Fault::kHangs);
    return fault();
  }

  void before_syncing() {
    const auto now = fault_.load();
    if (now != Fault::kHangs && now != Fault::kSyncHangs) return;
    ++met_;
    fault_.wait(now);
  }

  void before_reading(bool is_reader) {
    if (!is_reader || fault_ != Fault::kReadersHang) return;
    ++met_;
    fault_.wait(Fault::kReadersHang);
  }

  static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out) {
    auto& self = *static_cast<FaultyVfs*>(vfs->pAppData);
    file->pMethods = nullptr;
    if (self.fault_ == Fault::kReadOnly && (flags & SQLITE_OPEN_READWRITE) != 0) {
      flags &= ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
      flags |= SQLITE_OPEN_READONLY;
    }
    auto& mine = of(file);
    mine.vfs = &self;
    mine.name = name;
    mine.is_reader = (flags & SQLITE_OPEN_READONLY) != 0;
    mine.real = reinterpret_cast<sqlite3_file*>(&mine + 1);
    const int code = self.real_->xOpen(self.real_, name, mine.real, flags, out);
    if (code == SQLITE_OK) file->pMethods = methods();
    return code;
  }

  static const sqlite3_io_methods* methods() {
    static const sqlite3_io_methods kMethods = [] {
      sqlite3_io_methods all{};
      all.iVersion = 2;
      all.xClose = [](sqlite3_file* f) { return of(f).real->pMethods->xClose(of(f).real); };
      all.xRead = [](sqlite3_file* f, void* to, int size, sqlite3_int64 at) {
        of(f).vfs->before_reading(of(f).is_reader);
        if (of(f).is_reader && of(f).vfs->fault_ == Fault::kReadersFail) return SQLITE_IOERR_READ;
        return of(f).real->pMethods->xRead(of(f).real, to, size, at);
      };
      all.xWrite = [](sqlite3_file* f, const void* from, int size, sqlite3_int64 at) {
        if (const int code = of(f).vfs->fault(); code != SQLITE_OK) return code;
        return of(f).real->pMethods->xWrite(of(f).real, from, size, at);
      };
      all.xTruncate = [](sqlite3_file* f, sqlite3_int64 size) {
        return of(f).real->pMethods->xTruncate(of(f).real, size);
      };
      all.xSync = [](sqlite3_file* f, int flags) {
        of(f).vfs->before_syncing();
        return of(f).real->pMethods->xSync(of(f).real, flags);
      };
      all.xFileSize = [](sqlite3_file* f, sqlite3_int64* size) {
        return of(f).real->pMethods->xFileSize(of(f).real, size);
      };
      all.xLock = [](sqlite3_file* f, int how) {
        return of(f).real->pMethods->xLock(of(f).real, how);
      };
      all.xUnlock = [](sqlite3_file* f, int how) {
        return of(f).real->pMethods->xUnlock(of(f).real, how);
      };
      all.xCheckReservedLock = [](sqlite3_file* f, int* out) {
        return of(f).real->pMethods->xCheckReservedLock(of(f).real, out);
      };
      all.xFileControl = [](sqlite3_file* f, int what, void* argument) {
        return of(f).real->pMethods->xFileControl(of(f).real, what, argument);
      };
      all.xSectorSize = [](sqlite3_file* f) {
        return of(f).real->pMethods->xSectorSize(of(f).real);
      };
      all.xDeviceCharacteristics = [](sqlite3_file* f) {
        return of(f).real->pMethods->xDeviceCharacteristics(of(f).real);
      };
      all.xShmMap = [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
        // As where the file of the WAL's index cannot be made.
        if (of(f).vfs->fault_ == Fault::kReadOnly &&
            !std::filesystem::exists(std::string(of(f).name) + "-shm"))
          return SQLITE_CANTOPEN;
        return of(f).real->pMethods->xShmMap(of(f).real, page, size, extend, out);
      };
      all.xShmLock = [](sqlite3_file* f, int at, int n, int flags) {
        return of(f).real->pMethods->xShmLock(of(f).real, at, n, flags);
      };
      all.xShmBarrier = [](sqlite3_file* f) { of(f).real->pMethods->xShmBarrier(of(f).real); };
      all.xShmUnmap = [](sqlite3_file* f, int remove) {
        return of(f).real->pMethods->xShmUnmap(of(f).real, remove);
      };
      return all;
    }();
    return &kMethods;
  }

  sqlite3_vfs* real_ = sqlite3_vfs_find(nullptr);
  sqlite3_vfs vfs_{};
  std::atomic<Fault> fault_ = Fault::kNone;
  std::atomic<int> met_ = 0;
};

}  // namespace kie::history
