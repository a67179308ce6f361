//! Each vector of `preflight.json`, with a server of the domain that sends its bytes.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, Mutex};
use std::thread;

use jumpqr::binding::{self, NameStyle};
use jumpqr::error::OwnCode;
use jumpqr::interface::{DownloadQRCodeText, Interface};
use jumpqr::preflight::{ExpectedFile, Preflight, PreflightCode, PreflightOptions, look_for_file};
use jumpqr::{Cancel, Client, RuleKey};
use jumpqr_tests::preflight::{
    PreflightVector, Preflights, RefusedPreflightVector, WrongArgumentVector,
};
use jumpqr_tests::{Raw, count, load, report};
use serde_json::json;

use crate::server::{Fate, Server};

const NAME: &str = "UASjIrr8C9.txt";
const CONTENT: &str = "7781805a2d7f096b0a277a8db058c316";

const NOT_FOUND: &[u8] = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

#[test]
fn every_preflight_finds_what_its_vector_says() {
    let file: Preflights = load().unwrap();
    let looks = file.preflights.iter();
    let looks = looks.map(|vector| (vector.name.as_str(), run(vector)));
    let refused = file.refused.iter();
    let refused = refused.map(|vector| (vector.name.as_str(), run_refused(vector)));
    let run = report(looks.chain(refused)).unwrap_or_else(|failures| panic!("{failures}"));
    count::<Preflights>(run);
}

/// Starts the server of the domain. Its thread ends with the test process.
fn serve(responses: &BTreeMap<String, Raw>) -> Result<SocketAddr, String> {
    let responses = responses.iter();
    let responses = responses.map(|(path, raw)| Ok((path.clone(), raw.bytes()?)));
    let responses: BTreeMap<_, _> = responses.collect::<Result<_, String>>()?;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let lines = BufReader::new(&stream).lines().map(Result::unwrap);
            let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
            let path = head.first().and_then(|line| line.split(' ').nth(1));
            let response = path.and_then(|path| responses.get(path));
            // Fails if the client has closed the connection.
            let _ = stream.write_all(response.map_or(NOT_FOUND, Vec::as_slice));
        }
    });
    Ok(address)
}

fn run(vector: &PreflightVector) -> Result<(), String> {
    let key = RuleKey {
        prefix: vector.rule.prefix.clone(),
        appid: vector.rule.appid.clone(),
    };
    let mut options = PreflightOptions::default();
    if let Some(responses) = &vector.responses {
        options = options.connect_to([serve(responses)?]);
    }
    let preflight = match vector.downloads {
        None => look_for_file(&key, expected_file(), &options, &Cancel::default()),
        Some(downloads) => {
            let wechat = WeChat::start();
            let preflight = wechat.client().preflight(&key, &options);
            let expected = downloads.then_some(DownloadQRCodeText::PATH);
            wechat.check_requests(expected)?;
            preflight
        }
    };
    check(vector, &preflight.map_err(|error| error.to_string())?)
}

fn check(vector: &PreflightVector, preflight: &Preflight) -> Result<(), String> {
    let (slow, findings): (Vec<_>, Vec<_>) =
        (preflight.findings.iter()).partition(|finding| finding.code == PreflightCode::Slow);
    if slow.is_empty() && preflight.verdict.name() != vector.verdict {
        return Err(format!(
            "the verdict is {}: {preflight:?}",
            preflight.verdict
        ));
    }
    let found = findings.iter();
    let found: Vec<_> = found
        .map(|finding| (finding.code.name(), finding.code.severity().name()))
        .collect();
    let expected = vector.findings.iter();
    let expected: Vec<_> = expected
        .map(|finding| (&*finding.code, &*finding.severity))
        .collect();
    if found != expected {
        return Err(format!("found {found:?}"));
    }
    for (expected, found) in vector.findings.iter().zip(findings) {
        let said = format!("{} {} {}", found.seen, found.why, found.remedy);
        if let Some(text) = expected
            .says
            .iter()
            .find(|text| !said.contains(text.as_str()))
        {
            return Err(format!("{text:?} is not in {said:?}"));
        }
    }
    Ok(())
}

fn run_refused(vector: &RefusedPreflightVector) -> Result<(), String> {
    let wechat = WeChat::start();
    let arguments = vector.arguments.clone();
    let result = binding::preflight(&wechat.client(), arguments, NameStyle::Snake);
    let Err(error) = result else {
        return Err("it is not refused".to_owned());
    };
    if error.code() != OwnCode::InvalidConfig {
        return Err(format!("refused with {error:?}"));
    }
    wechat.check_requests(None)?;
    let found = error.violations().iter();
    let mut found: Vec<_> = found
        .map(|finding| WrongArgumentVector {
            field: finding.field.clone(),
            code: finding.code.name().to_owned(),
        })
        .collect();
    let mut expected = vector.findings.clone();
    found.sort();
    expected.sort();
    if found == expected {
        Ok(())
    } else {
        Err(format!("found {found:?}"))
    }
}

/// A WeChat that gives the file, and the paths that it was asked for.
struct WeChat {
    server: Server,
    paths: Arc<Mutex<Vec<String>>>,
}

impl WeChat {
    fn start() -> Self {
        let paths = Arc::<Mutex<Vec<_>>>::default();
        let asked = Arc::clone(&paths);
        let server = Server::start(move |request| {
            asked.lock().unwrap().push(request.path);
            let body = json!({"errcode": 0, "file_name": NAME, "file_content": CONTENT});
            Fate::Reply {
                status: 200,
                body: body.to_string().into_bytes(),
            }
        });
        Self {
            server: server.unwrap(),
            paths,
        }
    }

    fn client(&self) -> Client {
        let builder = Client::builder().access_token("ACCESS-TOKEN");
        let builder = builder.base_url(self.server.base_url()).pacing(false);
        builder.build().unwrap()
    }

    /// Checks that it was asked only for this path, or for nothing.
    fn check_requests(&self, path: Option<&str>) -> Result<(), String> {
        let paths = self.paths.lock().unwrap();
        if paths.iter().map(String::as_str).eq(path) {
            Ok(())
        } else {
            Err(format!("WeChat was asked for {paths:?}"))
        }
    }
}

fn expected_file() -> ExpectedFile {
    ExpectedFile {
        name: NAME.to_owned(),
        content: CONTENT.as_bytes().to_vec(),
    }
}
