use super::{Encoding, Result, Tally, request_capnp as schema};
use capnp::{message, serialize, serialize_packed};
use dorcas_abi::message::{File, FileData, GenerateRequest, Match};

/// Cap'n Proto, whose bytes are laid out so that they can be read where they are.
#[derive(Debug)]
pub struct CapNProto;

impl Encoding for CapNProto {
    const NAME: &'static str = "Cap'n Proto";
    const VERSION: &'static str = "capnp 0.27.3";

    fn encode(value: &GenerateRequest) -> Result<Vec<u8>> {
        Ok(serialize::write_message_to_words(&build(value)?))
    }

    fn decode(mut bytes: &[u8]) -> Result<GenerateRequest> {
        value(&serialize::read_message_from_flat_slice(&mut bytes, message::ReaderOptions::new())?)
    }

    fn visit(mut bytes: &[u8]) -> Result<Tally> {
        tally(&serialize::read_message_from_flat_slice(&mut bytes, message::ReaderOptions::new())?)
    }
}

/// The same with its bytes of zero packed, as it is sent where length counts.
#[derive(Debug)]
pub struct CapNProtoPacked;

impl Encoding for CapNProtoPacked {
    const NAME: &'static str = "Cap'n Proto, packed";
    const VERSION: &'static str = CapNProto::VERSION;

    fn encode(value: &GenerateRequest) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        serialize_packed::write_message(&mut bytes, &build(value)?)?;
        Ok(bytes)
    }

    fn decode(bytes: &[u8]) -> Result<GenerateRequest> {
        value(&serialize_packed::read_message(bytes, message::ReaderOptions::new())?)
    }

    fn visit(bytes: &[u8]) -> Result<Tally> {
        tally(&serialize_packed::read_message(bytes, message::ReaderOptions::new())?)
    }
}

fn build(value: &GenerateRequest) -> Result<message::Builder<message::HeapAllocator>> {
    if value.build_file.is_some() || !value.other_rules.is_empty() || !value.other_empty.is_empty() {
        return Err("the schema has no place for BUILD files and rules of other languages".into());
    }
    let mut message = message::Builder::new_default();
    let mut request = message.init_root::<schema::generate_request::Builder<'_>>();
    request.set_rel(&value.rel);
    request.set_state(&value.state);
    let mut files = request.reborrow().init_files(count(&value.files)?);
    for (index, file) in (0..).zip(&value.files) {
        let mut built = files.reborrow().get(index);
        built.set_name(&file.name);
        match &file.data {
            // What a language makes of files is not in the requests that are measured.
            FileData::Name | FileData::Failed => built.set_name_only(()),
            FileData::Content(content) | FileData::Facts(content) => built.set_content(content),
            FileData::Matches(matches) => {
                let mut list = built.init_matches(count(matches)?);
                for (index, each) in (0..).zip(matches) {
                    let mut built = list.reborrow().get(index);
                    built.set_pattern(each.pattern);
                    let mut groups = built.init_groups(count(&each.groups)?);
                    for (index, group) in (0..).zip(&each.groups) {
                        if let Some(group) = group {
                            groups.reborrow().get(index).set_bytes(group);
                        }
                    }
                }
            }
        }
    }
    let mut subdirs = request.reborrow().init_subdirs(count(&value.subdirs)?);
    for (index, name) in (0..).zip(&value.subdirs) {
        subdirs.set(index, name);
    }
    let mut generated = request.init_generated_files(count(&value.generated_files)?);
    for (index, name) in (0..).zip(&value.generated_files) {
        generated.set(index, name);
    }
    Ok(message)
}

fn count<T>(list: &[T]) -> Result<u32> {
    Ok(u32::try_from(list.len())?)
}

/// A value that owns all of it.
fn value<S: message::ReaderSegments>(message: &message::Reader<S>) -> Result<GenerateRequest> {
    let request = message.get_root::<schema::generate_request::Reader<'_>>()?;
    let texts = |list: capnp::text_list::Reader<'_>| -> Result<Vec<String>> {
        list.iter().map(|text| Ok(text?.to_string()?)).collect()
    };
    Ok(GenerateRequest {
        rel: request.get_rel()?.to_string()?,
        state: request.get_state()?.into(),
        files: request.get_files()?.iter().map(file).collect::<Result<_>>()?,
        subdirs: texts(request.get_subdirs()?)?,
        generated_files: texts(request.get_generated_files()?)?,
        ..GenerateRequest::default()
    })
}

fn file(file: schema::file::Reader<'_>) -> Result<File> {
    let data = match file.which()? {
        schema::file::NameOnly(()) => FileData::Name,
        schema::file::Content(content) => FileData::Content(content?.into()),
        schema::file::Matches(matches) => {
            let matches = matches?.iter().map(|each| {
                let groups = each
                    .get_groups()?
                    .iter()
                    .map(|group| Ok(if group.has_bytes() { Some(group.get_bytes()?.into()) } else { None }));
                Ok(Match { pattern: each.get_pattern(), groups: groups.collect::<Result<_>>()? })
            });
            FileData::Matches(matches.collect::<Result<_>>()?)
        }
    };
    Ok(File { name: file.get_name()?.to_string()?, data })
}

/// The same as [`Tally::of`] a value, without one.
fn tally<S: message::ReaderSegments>(message: &message::Reader<S>) -> Result<Tally> {
    let request = message.get_root::<schema::generate_request::Reader<'_>>()?;
    let mut tally = Tally::default();
    tally.text(request.get_rel()?.to_str()?.as_bytes());
    tally.text(request.get_state()?);
    for file in request.get_files()? {
        tally.text(file.get_name()?.to_str()?.as_bytes());
        match file.which()? {
            schema::file::NameOnly(()) => {}
            schema::file::Content(content) => tally.text(content?),
            schema::file::Matches(matches) => {
                for each in matches? {
                    tally.number(each.get_pattern());
                    for group in each.get_groups()? {
                        if group.has_bytes() {
                            tally.text(group.get_bytes()?);
                        }
                    }
                }
            }
        }
    }
    for list in [request.get_subdirs()?, request.get_generated_files()?] {
        for name in list {
            tally.text(name?.to_str()?.as_bytes());
        }
    }
    Ok(tally)
}
