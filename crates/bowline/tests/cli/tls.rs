//! A server with a certificate of its own making: who is believed, and what is said of it.

use std::process::{Child, Command, Stdio};

use crate::lab::Lab;
use crate::program::Program;
use crate::terminal::talk;

/// A server that speaks TLS, as it does unless it is told not to.
struct Secure(Child);

impl Drop for Secure {
    fn drop(&mut self) {
        self.0.kill().and_then(|()| self.0.wait()).expect("because it is our child");
    }
}

fn start(lab: &Lab) -> Secure {
    let log = std::fs::File::create(lab.folder().join("server.log")).expect("because the temporary folder is writable");
    let mut command = Command::new(env!("CARGO_BIN_EXE_bowline"));
    command.arg("--kubeconfig").arg(lab.kube.kubeconfig()).args(["--namespace", &lab.control, "server"]);
    command.args(["--admin-address", "127.0.0.1:0", "--address", "127.0.0.1", "--port", "0"]);
    command
        .args(["--metrics-address", "127.0.0.1", "--metrics-port", "0", "--cache-dir"])
        .arg(lab.folder().join("cache"));
    Secure(command.stdout(Stdio::null()).stderr(log).spawn().expect("because the binary was built with this test"))
}

#[test]
fn a_certificate_is_believed_when_somebody_says_so() {
    let lab = Lab::without_server("cli-tls");
    let server = start(&lab);
    let program = Program::new(&lab);
    let password = program.first_password();
    // The certificate is for this name.
    let address = format!("localhost:{}", lab.api().port());
    let login = ["login", address.as_str(), "--username", "admin", "--password", &password];
    let said = program.bad(20, &login);
    assert!(said.contains("server certificate had error") && said.contains("--server-crt FILE"), "{said}");
    let said = program.bad(20, &[&login[..], &["--skip-test-tls"]].concat());
    assert!(said.contains("TLS") && said.contains("--insecure takes any"), "{said}");
    let said = program.bad(20, &[&login[..], &["--plaintext"]].concat());
    assert!(said.contains("rpc error: code = "), "{said}");

    // Somebody who is asked may say that it will do; the login remembers that.
    let talked = talk(&program, &login, &[], &[("Proceed insecurely?", "y")]);
    assert_eq!(talked.code, 0, "{}", talked.screen);
    assert!(program.good(&["account", "get-user-info"]).contains("Username: admin"));
    let file = std::fs::read_to_string(program.home().join(".config/argocd/config")).unwrap();
    assert!(file.contains("  insecure: true\n"), "{file}");

    // The certificate itself is enough, over gRPC and gRPC-web.
    let template = "go-template={{index .data \"tls.crt\" | base64decode}}";
    let certificate = lab.kubectl(&["get", "secret", "argocd-secret", "-n", &lab.control, "-o", template]);
    let certificate = program.file("server.crt", &certificate);
    let believed = ["--server-crt", certificate.to_str().unwrap()];
    for more in [&[][..], &["--grpc-web"]] {
        let said = program.good(&[&login[..], &believed, more].concat());
        assert!(said.starts_with("'admin:login' logged in successfully\n"), "{said}");
        // What was remembered needs no flag.
        assert!(program.good(&["proj", "list", "-o", "name"]).contains("default\n"), "{more:?}");
    }
    drop(server);
    let said = program.bad(20, &["proj", "list"]);
    assert!(said.contains("cannot connect to localhost:"), "{said}");
}
