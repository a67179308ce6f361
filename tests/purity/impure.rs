//! One use of each path that `core/clippy.toml` disallows.

use std::net::ToSocketAddrs as _;

pub fn time_instant(_: &std::time::Instant) {}

pub fn time_systemtime(_: &std::time::SystemTime) {}

pub fn net_tcplistener(_: &std::net::TcpListener) {}

pub fn net_tcpstream(_: &std::net::TcpStream) {}

pub fn net_udpsocket(_: &std::net::UdpSocket) {}

pub fn os_unix_net_unixdatagram(_: &std::os::unix::net::UnixDatagram) {}

pub fn os_unix_net_unixlistener(_: &std::os::unix::net::UnixListener) {}

pub fn os_unix_net_unixstream(_: &std::os::unix::net::UnixStream) {}

pub fn fs_dirbuilder(_: &std::fs::DirBuilder) {}

pub fn fs_file(_: &std::fs::File) {}

pub fn fs_openoptions(_: &std::fs::OpenOptions) {}

pub fn path_path(_: &std::path::Path) {}

pub fn path_pathbuf(_: &std::path::PathBuf) {}

pub fn process_command(_: &std::process::Command) {}

pub fn thread_builder(_: &std::thread::Builder) {}

pub fn sync_barrier(_: &std::sync::Barrier) {}

pub fn sync_condvar(_: &std::sync::Condvar) {}

pub fn sync_mutex(_: &std::sync::Mutex<()>) {}

pub fn sync_rwlock(_: &std::sync::RwLock<()>) {}

pub fn sync_mpsc_receiver(_: &std::sync::mpsc::Receiver<()>) {}

pub fn hash_randomstate(_: &std::hash::RandomState) {}

pub fn env_args() {
    let _ = std::env::args();
}

pub fn env_args_os() {
    let _ = std::env::args_os();
}

pub fn env_current_dir() {
    let _ = std::env::current_dir();
}

pub fn env_current_exe() {
    let _ = std::env::current_exe();
}

pub fn env_temp_dir() {
    let _ = std::env::temp_dir();
}

pub fn env_var() {
    let _ = std::env::var("A");
}

pub fn env_var_os() {
    let _ = std::env::var_os("A");
}

pub fn env_vars() {
    let _ = std::env::vars();
}

pub fn env_vars_os() {
    let _ = std::env::vars_os();
}

pub fn fs_canonicalize() {
    let _ = std::fs::canonicalize("a");
}

pub fn fs_copy() {
    let _ = std::fs::copy("a", "b");
}

pub fn fs_create_dir() {
    let _ = std::fs::create_dir("a");
}

pub fn fs_create_dir_all() {
    let _ = std::fs::create_dir_all("a");
}

pub fn fs_exists() {
    let _ = std::fs::exists("a");
}

pub fn fs_hard_link() {
    let _ = std::fs::hard_link("a", "b");
}

pub fn fs_metadata() {
    let _ = std::fs::metadata("a");
}

pub fn fs_read() {
    let _ = std::fs::read("a");
}

pub fn fs_read_dir() {
    let _ = std::fs::read_dir("a");
}

pub fn fs_read_link() {
    let _ = std::fs::read_link("a");
}

pub fn fs_read_to_string() {
    let _ = std::fs::read_to_string("a");
}

pub fn fs_remove_dir() {
    let _ = std::fs::remove_dir("a");
}

pub fn fs_remove_dir_all() {
    let _ = std::fs::remove_dir_all("a");
}

pub fn fs_remove_file() {
    let _ = std::fs::remove_file("a");
}

pub fn fs_rename() {
    let _ = std::fs::rename("a", "b");
}

pub fn fs_set_permissions(permissions: std::fs::Permissions) {
    let _ = std::fs::set_permissions("a", permissions);
}

pub fn fs_symlink_metadata() {
    let _ = std::fs::symlink_metadata("a");
}

pub fn fs_write() {
    let _ = std::fs::write("a", "b");
}

pub fn io_stderr() {
    let _ = std::io::stderr();
}

pub fn io_stdin() {
    let _ = std::io::stdin();
}

pub fn io_stdout() {
    let _ = std::io::stdout();
}

pub fn net_to_socket_addrs() {
    let _ = "h:1".to_socket_addrs();
}

pub fn process_abort() {
    std::process::abort();
}

pub fn process_exit() {
    std::process::exit(1);
}

pub fn process_id() {
    let _ = std::process::id();
}

pub fn thread_park() {
    std::thread::park();
}

pub fn thread_park_timeout() {
    std::thread::park_timeout(std::time::Duration::ZERO);
}

pub fn thread_scope() {
    std::thread::scope(|_| ());
}

pub fn thread_sleep() {
    std::thread::sleep(std::time::Duration::ZERO);
}

pub fn thread_spawn() {
    let _ = std::thread::spawn(|| ());
}

pub fn thread_yield_now() {
    std::thread::yield_now();
}
