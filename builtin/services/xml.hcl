service "xml" {
  title   = "XML webhook"
  doc     = "Delivers to a web address of your own, as a notification in XML within a SOAP envelope."
  site    = "https://appriseit.com/services/xml/"
  schemas = ["xml", "xmls"]
  secure  = ["xmls"]
  urls    = ["xml(s)://{user?}:{password?}@{server}:{port?}/{path+?}"]

  field "server" {
    doc      = "The address to call."
    form     = "server"
    example  = "https://hooks.example.org/in"
    required = true
  }
  field "path" {
    doc     = "The path behind the address."
    example = "in/alerts"
  }
  field "method" {
    doc     = "The method of the request."
    example = "PUT"
    default = "POST"
    query   = ["method"]
    words   = ["POST", "GET", "PUT", "PATCH", "DELETE", "HEAD"]
  }
  field "user" {
    doc     = "The user's name, where the server asks for one."
    example = "ops"
  }
  field "password" {
    type = "secret"
    doc  = "The user's password."
  }
  field "headers" {
    type    = "map"
    doc     = "Headers of the request."
    example = { X-Team = "ops" }
    pairs   = "+"
  }
  field "query" {
    type    = "map"
    doc     = "Names and values of the address's query."
    example = { site = "home" }
  }
  field "values" {
    type    = "map"
    doc     = "Further elements of the notification; Version, Subject, Message and MessageType stand for a new name of that element, or when empty leave it out."
    example = { site = "home", Message = "Text" }
    pairs   = ":"
  }

  request {
    method = "{{ .channel.method }}"
    url    = "{{ .channel.server }}/{{ segments (trimPrefix `/` .channel.path) }}"
    query = {
      "$merge" = "{{ .channel.query }}"
    }
    headers = {
      Authorization = "{{ basic .channel.user .channel.password }}"
      "$merge"      = "{{ .channel.headers }}"
    }
    type = "application/xml"
    text = <<-EOT
      <?xml version='1.0' encoding='utf-8'?>
      <soapenv:Envelope
          xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"
          xmlns:xsd="http://www.w3.org/2001/XMLSchema"
          xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
          <soapenv:Body>
              <Notification{{ if not .channel.values }} xmlns:xsi="https://raw.githubusercontent.com/caronc/apprise/master/apprise/assets/NotifyXML-1.1.xsd"{{ end }}>
                  {{ $own := dict `Version` `1.1` `Subject` .title `Message` .body `MessageType` .tone -}}
                  {{ range list `Version` `Subject` `Message` `MessageType` -}}
                    {{ $name := regexReplaceAll `[^-_.0-9A-Za-z]` (ternary (get $.channel.values .) . (hasKey $.channel.values .)) `` -}}
                    {{ if $name }}<{{ $name }}>{{ xml (get $own .) }}</{{ $name }}>{{ end -}}
                  {{ end -}}
                  {{ range $key, $value := omit .channel.values `Version` `Subject` `Message` `MessageType` -}}
                    {{ $name := regexReplaceAll `[^-_.0-9A-Za-z]` $key `` -}}
                    {{ if $name }}<{{ $name }}>{{ xml $value }}</{{ $name }}>{{ end -}}
                  {{ end }}
                  {{ `` }}
             </Notification>
          </soapenv:Body>
      </soapenv:Envelope>
      EOT
  }
}
