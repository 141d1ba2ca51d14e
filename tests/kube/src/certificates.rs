//! A certificate authority and what it signs, as files that the tools read.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::string::Ia5String;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, SanType,
};

use crate::Error;

/// The files of one server. They are made once and then kept with the data, so that a kubeconfig stays valid.
#[derive(Debug, Clone)]
pub(crate) struct Certificates {
    directory: PathBuf,
}

impl Certificates {
    /// Uses those in `directory`, or makes them there.
    pub(crate) fn in_directory(directory: &Path) -> Result<Self, Error> {
        let certificates = Self { directory: directory.to_owned() };
        // The authority is written last: where it is, everything is.
        if !certificates.authority().exists() {
            fs::create_dir_all(directory).map_err(Error::io(format!("making {}", directory.display())))?;
            certificates.make()?;
        }
        Ok(certificates)
    }

    /// The authority that signed both the server's and the administrator's certificate.
    pub(crate) fn authority(&self) -> PathBuf {
        self.directory.join("ca.crt")
    }

    /// The API server's certificate for 127.0.0.1 and localhost.
    pub(crate) fn server(&self) -> PathBuf {
        self.directory.join("server.crt")
    }

    /// The key of that.
    pub(crate) fn server_key(&self) -> PathBuf {
        self.directory.join("server.key")
    }

    /// The administrator's certificate: a member of `system:masters`, whom RBAC lets do everything.
    pub(crate) fn admin(&self) -> PathBuf {
        self.directory.join("admin.crt")
    }

    /// The key of that.
    pub(crate) fn admin_key(&self) -> PathBuf {
        self.directory.join("admin.key")
    }

    /// The key that signs service-account tokens.
    pub(crate) fn accounts_key(&self) -> PathBuf {
        self.directory.join("service-accounts.key")
    }

    /// The public half of it.
    pub(crate) fn accounts_public_key(&self) -> PathBuf {
        self.directory.join("service-accounts.pub")
    }

    fn make(&self) -> Result<(), Error> {
        let failed =
            |error: rcgen::Error| Error::Certificates { directory: self.directory.clone(), reason: error.to_string() };

        let mut authority = named("bowline-tests-kube", None);
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let authority =
            CertifiedIssuer::self_signed(authority, KeyPair::generate().map_err(failed)?).map_err(failed)?;

        let mut server = named("kube-apiserver", None);
        let localhost = Ia5String::try_from("localhost").map_err(failed)?;
        server.subject_alt_names = vec![SanType::IpAddress([127, 0, 0, 1].into()), SanType::DnsName(localhost)];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let server_key = KeyPair::generate().map_err(failed)?;
        let server = server.signed_by(&server_key, &authority).map_err(failed)?;

        let mut admin = named("admin", Some("system:masters"));
        admin.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let admin_key = KeyPair::generate().map_err(failed)?;
        let admin = admin.signed_by(&admin_key, &authority).map_err(failed)?;

        let accounts = KeyPair::generate().map_err(failed)?;
        for (path, pem) in [
            (self.server(), server.pem()),
            (self.server_key(), server_key.serialize_pem()),
            (self.admin(), admin.pem()),
            (self.admin_key(), admin_key.serialize_pem()),
            (self.accounts_key(), accounts.serialize_pem()),
            (self.accounts_public_key(), accounts.public_key_pem()),
            (self.authority(), authority.pem()),
        ] {
            fs::write(&path, pem).map_err(Error::io(format!("writing {}", path.display())))?;
        }
        Ok(())
    }
}

fn named(name: &str, organization: Option<&str>) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    if let Some(organization) = organization {
        params.distinguished_name.push(DnType::OrganizationName, organization);
    }
    params.use_authority_key_identifier_extension = true;
    params
}
