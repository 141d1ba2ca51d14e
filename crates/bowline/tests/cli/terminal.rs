//! A terminal with somebody at it.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::program::Program;

/// How long a question may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a command did at a terminal.
#[derive(Debug)]
pub struct Talk {
    /// Exit code.
    pub code: i32,
    /// All that stood on the screen.
    pub screen: String,
}

/// Runs a command at a terminal. Each step waits for a text, and then types a line.
pub fn talk(program: &Program<'_>, args: &[&str], environment: &[(&str, &str)], steps: &[(&str, &str)]) -> Talk {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("because the machine has terminals");
    grantpt(&ours).and_then(|()| unlockpt(&ours)).expect("because the terminal is ours");
    let name = ptsname(&ours, Vec::new()).expect("because a terminal has a name");
    let open = || {
        let path = name.to_str().expect("because the name is ASCII");
        let mut options = File::options();
        options.read(true).write(true).custom_flags(rustix::fs::OFlags::NOCTTY.bits() as i32);
        options.open(path).expect("because the terminal is there")
    };
    let mut command = program.command(args);
    command.envs(environment.iter().copied()).stdin(open()).stdout(open()).stderr(open());
    let mut child = command.spawn().expect("because the binary was built with this test");
    drop(command);
    let mut keyboard = File::from(ours.try_clone().expect("because a descriptor can be cloned"));
    let pieces = read(File::from(ours));
    let mut screen = String::new();
    let mut seen = 0;
    for (text, typed) in steps {
        let start = Instant::now();
        while !screen[seen..].contains(text) {
            assert!(start.elapsed() < PATIENCE, "{args:?}: no {text:?} on the screen:\n{screen}");
            if let Ok(piece) = pieces.recv_timeout(Duration::from_millis(50)) {
                screen.push_str(&piece);
            }
        }
        seen = screen.len();
        keyboard.write_all(format!("{typed}\n").as_bytes()).expect("because the terminal is open");
    }
    let status = child.wait().expect("because it is our child");
    while let Ok(piece) = pieces.recv_timeout(PATIENCE) {
        screen.push_str(&piece);
    }
    Talk { code: status.code().unwrap_or(-1), screen: screen.replace("\r\n", "\n") }
}

/// What comes on the screen, as it comes.
fn read(mut terminal: File) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        // A terminal that nobody has open any more ends in an error.
        while let Ok(size) = terminal.read(&mut bytes) {
            if size == 0 || sender.send(String::from_utf8_lossy(&bytes[..size]).into_owned()).is_err() {
                break;
            }
        }
    });
    receiver
}
