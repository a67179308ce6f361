//! Sends the sample as prepared bytes, over rustls alone: the cost of TLS itself. Only the end of
//! the answer is checked.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use jumpqr_bench::{Result, Target, serve};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

const BODY: &str = concat!(
    r#"{"prefix":"https://weixin.qq.com/qrcodejump","permit_sub_rule":1,"#,
    r#""path":"pages/index/index","open_version":1,"#,
    r#""debug_url":["https://weixin.qq.com/qrcodejump?a=1","#,
    r#""https://weixin.qq.com/qrcodejump?a=2"],"is_edit":0}"#,
);

fn connect(target: &Target, address: &str) -> Result<StreamOwned<ClientConnection, TcpStream>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(target.ca.as_deref().unwrap_or_default()) {
        roots.add(certificate?)?;
    }
    let config = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let host = address.split(':').next().unwrap_or_default().to_owned();
    let tls = ClientConnection::new(Arc::new(config), ServerName::try_from(host)?)?;
    let socket = TcpStream::connect(address)?;
    socket.set_nodelay(true)?;
    Ok(StreamOwned::new(tls, socket))
}

fn main() -> Result<()> {
    serve(|target| {
        let address = target
            .base_url
            .strip_prefix("https://")
            .ok_or("the base URL must be https")?;
        let request = format!(
            "POST /cgi-bin/wxopen/qrcodejumpadd?access_token={token} HTTP/1.1\r\n\
             Host: {address}\r\n\
             Content-Type: application/json; charset=utf-8\r\n\
             Content-Length: {length}\r\n\r\n{BODY}",
            token = target.token,
            length = BODY.len(),
        );
        let mut stream = connect(target, address)?;
        let mut buffer = vec![0; 16 * 1024];
        Ok(move || {
            stream.write_all(request.as_bytes())?;
            let read = stream.read(&mut buffer)?;
            let answer = buffer.get(..read).unwrap_or_default();
            if answer.ends_with(br#"{"errcode":0,"errmsg":"ok"}"#) {
                Ok(())
            } else {
                Err("unexpected answer".into())
            }
        })
    })
}
