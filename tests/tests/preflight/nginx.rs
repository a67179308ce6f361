//! One nginx for all cases: each has a virtual host of its own.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use jumpqr::Cancel;
use jumpqr::preflight::{PreflightOptions, look_for_file};
use tempfile::TempDir;

use crate::case::{self, CONTENT, FILE, PREFIX};
use crate::http;

/// Debian's place of nginx, which may not be in the search path.
const PROGRAMS: [&str; 2] = ["nginx", "/usr/sbin/nginx"];

/// How long nginx may take to listen.
const START_TIMEOUT: Duration = Duration::from_secs(30);

/// The virtual hosts. `{root}` is a folder with `index.html` and `Pay_on/FILE`, `{empty}` one with
/// `index.html` alone, and `{port}` the port of nginx.
const HOSTS: &str = r#"
# The file in a folder.
server { server_name static.example.cn; root {root}; }

# A single-page application that answers every path, without the file.
server { server_name spa.example.cn; root {empty}; location / { try_files $uri /index.html; } }

# The same, with the file in place.
server { server_name spa-with-file.example.cn; root {root};
         location / { try_files $uri /index.html; } }

# What a preflight advises.
server { server_name line.example.cn;
         location / { return 301 https://$host$request_uri; }
         {advice} }

server { server_name https-only.example.cn; return 301 https://$host$request_uri; }
server { server_name bare.example.cn; return 301 http://www.$host$request_uri; }

# Compression and further fields, as many servers have them.
server { server_name gzip.example.cn; root {root}; gzip on; gzip_min_length 1; gzip_types *;
         add_header Strict-Transport-Security "max-age=31536000"; add_header Vary Accept-Encoding; }

# Pages of errors, with another status than they seem to have.
server { server_name soft-404.example.cn; root {empty}; error_page 404 =200 /index.html; }
server { server_name hard-404.example.cn; root {empty}; error_page 404 /index.html; }

# The file as the page of an error.
server { server_name error-page.example.cn; root {empty}; error_page 404 /verify;
         location = /verify { internal; default_type text/plain; alias {root}/Pay_on/{file}; } }

# `alias` where `root` is meant: the file is looked for one directory too high.
server { server_name alias.example.cn; location /Pay_on/ { alias {root}/; }
         location /Pay_on/pay_on/ { alias {root}/Pay_on/; } }

server { server_name private.example.cn; root {root}; location ~ \.txt$ { deny all; } }
server { server_name password.example.cn; root {root};
         auth_basic "Staff"; auth_basic_user_file /dev/null; }
server { server_name no-upstream.example.cn; location / { proxy_pass http://127.0.0.1:1; } }

# The page of the prefix fails, but the file is there.
server { server_name page-fails.example.cn; root {root};
         location = /Pay_on/pay_on { proxy_pass http://127.0.0.1:1; } }

# HTML is added to each text.
server { server_name filter.example.cn; root {root}; addition_types *;
         location / { add_after_body /footer; }
         location = /footer { default_type text/html; return 200 "<script></script>"; } }
"#;

/// The configuration around the virtual hosts. All files are in the folder of the test.
const FRAME: &str = r"
daemon off;
master_process off;
pid nginx.pid;
error_log stderr crit;
events { worker_connections 512; }
http {
  access_log off;
  types { text/plain txt; text/html html; }
  default_type application/octet-stream;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  scgi_temp_path scgi;
  uwsgi_temp_path uwsgi;
  {hosts}
}
";

/// An nginx that runs until it is dropped.
pub(crate) struct Nginx {
    process: Child,
    address: SocketAddr,
    _folder: TempDir,
}

impl Nginx {
    pub(crate) fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let (root, empty) = (folder.path().join("root"), folder.path().join("empty"));
        fs::create_dir_all(root.join("Pay_on")).unwrap();
        fs::create_dir(&empty).unwrap();
        for page in [&root, &empty].map(|site| site.join("index.html")) {
            fs::write(page, "<!DOCTYPE html><html><title>Shop</title></html>").unwrap();
        }
        fs::write(root.join("Pay_on").join(FILE), CONTENT).unwrap();
        // The port is free when nginx binds it, unless another program takes it in between.
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let hosts = HOSTS
            .replace("server {", &format!("server {{ listen {address};"))
            .replace("{root}", root.to_str().unwrap())
            .replace("{empty}", empty.to_str().unwrap())
            .replace("{file}", FILE)
            .replace("{advice}", &advice());
        let configuration = folder.path().join("nginx.conf");
        fs::write(&configuration, FRAME.replace("{hosts}", &hosts)).unwrap();
        let process = PROGRAMS.iter().find_map(|program| {
            Command::new(program)
                .args(["-e", "stderr", "-p"])
                .arg(folder.path())
                .arg("-c")
                .arg(&configuration)
                .stdin(Stdio::null())
                .spawn()
                .ok()
        });
        let process = process.unwrap_or_else(|| {
            panic!("nginx is missing. To install it:\n  sudo apt-get install -y nginx")
        });
        let mut nginx = Self {
            process,
            address,
            _folder: folder,
        };
        nginx.wait();
        nginx
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            let ended = self.process.try_wait().unwrap();
            assert!(ended.is_none(), "nginx has ended: {ended:?}");
            assert!(begun.elapsed() < START_TIMEOUT, "nginx does not listen");
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// Returns the line for nginx in the advice about a file that is missing.
fn advice() -> String {
    let missing = http::serve(|_, stream| stream.not_found());
    let options = PreflightOptions::default().connect_to([missing]);
    let report = look_for_file(PREFIX, case::file(), &options, &Cancel::default()).unwrap();
    let remedy = report.findings[0].remedy.split_once("In nginx: ");
    remedy.unwrap().1.to_owned()
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
