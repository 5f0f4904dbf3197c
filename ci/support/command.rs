//! Runs the program as a user does: as a process, in an environment of its own.

use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The credentials that every run is given. None of them may ever be shown or written.
pub const ACCESS_KEY: &str = "AKIDEXAMPLEKEYID";
/// Long and odd enough that it cannot turn up by chance.
pub const SECRET_KEY: &str = "never-show-this-secret-4711-0815";
/// The same, of temporary credentials. Unlike the secret key it is sent, so it can be sent back.
pub const SESSION_TOKEN: &str = "never-show-this-session-token-2342";

/// Longer than any test may take; only a program that hangs gets there.
const FAR_TOO_LONG: Duration = Duration::from_secs(180);

/// An empty home and an empty folder to work in.
pub struct Place {
    root: TempDir,
    environment: Vec<(String, String)>,
}

impl Place {
    /// With credentials in the environment, and nothing of the environment that the tests run in:
    /// neither its credentials nor its proxies.
    pub fn new() -> Place {
        Place::without_credentials()
            .with("AWS_ACCESS_KEY_ID", ACCESS_KEY)
            .with("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
            .with("AWS_SESSION_TOKEN", SESSION_TOKEN)
    }

    /// Without credentials.
    pub fn without_credentials() -> Place {
        let root = tempfile::tempdir().expect("a temporary folder");
        for folder in ["home", "work"] {
            std::fs::create_dir(root.path().join(folder)).expect("a folder");
        }
        Place { root, environment: Vec::new() }.with("AWS_EC2_METADATA_DISABLED", "true")
    }

    /// With one more variable.
    pub fn with(mut self, name: &str, value: &str) -> Place {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The folder that the program is started in.
    pub fn work(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// A path in that folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.work().join(name)
    }

    /// What a run left behind, apart from what was put there before.
    pub fn left_behind(&self) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(self.work()).expect("the folder is there");
        entries.map(|entry| entry.expect("readable").path()).collect()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_parallax"));
        command
            .args(arguments)
            .current_dir(self.work())
            .env_clear()
            .env("HOME", self.root.path().join("home"))
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.start(arguments).finish()
    }

    /// Starts it.
    pub fn start(&self, arguments: &[&str]) -> Running {
        let began = Instant::now();
        let mut child = self.command(arguments).spawn().expect("the program starts");
        let stdout = collect(child.stdout.take().expect("piped"));
        let (lines, seen) = mpsc::channel();
        let mut stderr = BufReader::new(child.stderr.take().expect("piped"));
        let stderr = thread::spawn(move || {
            let (mut all, mut line) = (Vec::new(), Vec::new());
            while stderr.read_until(b'\n', &mut line).is_ok_and(|n| n > 0) {
                let _ = lines.send(String::from_utf8_lossy(&line).into_owned());
                all.append(&mut line);
            }
            all
        });
        let memory = watch_memory(child.id());
        Running { child, began, stdout, stderr, lines: seen, memory, what: arguments.join(" ") }
    }
}

/// The most bytes that a process had in memory at once. Read again and again, as the mark goes with the
/// process.
fn watch_memory(pid: u32) -> thread::JoinHandle<usize> {
    thread::spawn(move || {
        let mut peak = 0;
        loop {
            let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
            let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let Some(mark) = mark else { return peak };
            let kilobytes = mark.trim().trim_end_matches(" kB").parse().unwrap_or(0);
            peak = peak.max(kilobytes << 10);
            thread::sleep(Duration::from_millis(10));
        }
    })
}

fn collect(mut from: impl std::io::Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut all = Vec::new();
        let _ = from.read_to_end(&mut all);
        all
    })
}

/// A program that was started.
pub struct Running {
    child: Child,
    began: Instant,
    stdout: thread::JoinHandle<Vec<u8>>,
    stderr: thread::JoinHandle<Vec<u8>>,
    lines: mpsc::Receiver<String>,
    memory: thread::JoinHandle<usize>,
    what: String,
}

impl Running {
    /// As a terminal does on Ctrl-C.
    pub fn interrupt(&self) {
        self.signal("-INT");
    }

    /// As a CI system does when a job's time is up.
    pub fn terminate(&self) {
        self.signal("-TERM");
    }

    /// As nobody can prepare for. [`Running::finish`] waits until it is over.
    pub fn kill(&self) {
        self.signal("-KILL");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let killed = Command::new("kill").args([signal, &pid]).status().expect("kill is there");
        assert!(killed.success());
    }

    /// Waits until standard error says this.
    #[track_caller]
    pub fn says(&self, words: &str) {
        loop {
            match self.lines.recv_timeout(FAR_TOO_LONG) {
                Ok(line) if line.contains(words) => return,
                Ok(_) => {}
                Err(_) => panic!("`parallax {}` never said: {words}", self.what),
            }
        }
    }

    /// Waits for its end.
    #[track_caller]
    pub fn finish(mut self) -> Ran {
        // Its streams end when it does, so waiting for them is waiting for it.
        let pid = self.child.id().to_string();
        let (done, ended) = mpsc::channel();
        let watch = thread::spawn(move || {
            if ended.recv_timeout(FAR_TOO_LONG).is_err() {
                let _ = Command::new("kill").args(["-KILL", &pid]).status();
            }
        });
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let stdout = text(self.stdout.join().expect("reads on"));
        let stderr = text(self.stderr.join().expect("reads on"));
        let code = self.child.wait().expect("it was started").code();
        let _ = done.send(());
        watch.join().expect("watches on");
        let memory = self.memory.join().expect("watches on");
        Ran { code, stdout, stderr, took: self.began.elapsed(), memory, what: self.what }
    }
}

/// A program that came to its end.
pub struct Ran {
    /// `None`: killed.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
    /// The most bytes that it had in memory at once.
    pub memory: usize,
    what: String,
}

impl Ran {
    /// Ended with this code, without a panic, and without showing a secret.
    #[track_caller]
    pub fn exits(self, code: i32) -> Ran {
        self.shows_no_secret();
        assert_eq!(self.code, Some(code), "{self}");
        for words in ["panicked at", "RUST_BACKTRACE", "stack overflow"] {
            assert!(!self.stderr.contains(words), "{self}");
        }
        self
    }

    /// Ended with one of these codes.
    #[track_caller]
    pub fn exits_with(self, codes: &[i32]) -> Ran {
        let code = self.code.filter(|code| codes.contains(code));
        let code = code.unwrap_or_else(|| panic!("none of {codes:?}\n{self}"));
        self.exits(code)
    }

    /// Standard output says all of this.
    #[track_caller]
    pub fn shows(&self, words: &[&str]) {
        for word in words {
            assert!(self.stdout.contains(word), "standard output lacks `{word}`\n{self}");
        }
    }

    /// Ended in less than this.
    #[track_caller]
    pub fn within(self, seconds: u64) -> Ran {
        assert!(self.took < Duration::from_secs(seconds), "took {:?}\n{self}", self.took);
        self
    }

    /// Standard error says all of this.
    #[track_caller]
    pub fn complains(self, words: &[&str]) -> Ran {
        for word in words {
            assert!(self.stderr.contains(word), "standard error lacks `{word}`\n{self}");
        }
        self
    }

    #[track_caller]
    fn shows_no_secret(&self) {
        for secret in [ACCESS_KEY, SECRET_KEY, SESSION_TOKEN] {
            assert!(!self.stdout.contains(secret), "`{secret}` is shown\n{self}");
            assert!(!self.stderr.contains(secret), "`{secret}` is shown\n{self}");
        }
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let show = |text: &str| text.chars().take(4000).collect::<String>();
        let (out, err) = (show(&self.stdout), show(&self.stderr));
        write!(f, "$ parallax {}\nexit code: {:?}\n", self.what, self.code)?;
        write!(f, "--- standard output\n{out}\n--- standard error\n{err}")
    }
}
