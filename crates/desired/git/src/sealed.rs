//! [`SealedFile`]: a file that only lives in memory, for programs that want a path.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsRawFd;

use rustix::fs::{MemfdFlags, Mode, SealFlags, fchmod, fcntl_add_seals, memfd_create};

/// An anonymous, unchangeable file in memory. Nothing of it reaches a disk, and it is gone when it is dropped. A child process
/// of the same user opens it by [`SealedFile::path`].
pub(crate) struct SealedFile {
    file: File,
}

// === impl SealedFile ===

impl SealedFile {
    /// A file of these bytes, readable by its owner alone (ssh refuses keys that others could read).
    pub(crate) fn new(name: &str, content: &[u8]) -> io::Result<SealedFile> {
        // Closed on exec: no program inherits it, only who knows the path and is us may open it.
        let fd = memfd_create(name, MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        fchmod(&fd, Mode::RUSR | Mode::WUSR)?;
        let mut file = File::from(fd);
        file.write_all(content)?;
        fcntl_add_seals(&file, SealFlags::WRITE | SealFlags::GROW | SealFlags::SHRINK | SealFlags::SEAL)?;
        Ok(SealedFile { file })
    }

    /// A path that opens it for as long as this value lives. It goes through this process, because ssh closes inherited files.
    pub(crate) fn path(&self) -> String {
        format!("/proc/{}/fd/{}", std::process::id(), self.file.as_raw_fd())
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_private_readable_by_path_and_cannot_be_changed() {
        let sealed = SealedFile::new("key", b"content").unwrap();
        #[expect(clippy::disallowed_methods, reason = "what another program does")]
        let read = std::fs::read(sealed.path()).unwrap();
        assert_eq!(read, b"content");
        assert_eq!(std::fs::metadata(sealed.path()).unwrap().permissions().mode() & 0o777, 0o600);
        assert!((&sealed.file).write_all(b"x").is_err());
    }
}
