service "evolution" {
  title   = "Evolution API"
  doc     = "Delivers to people on WhatsApp by an instance of Evolution API on a server of one's own."
  site    = "https://doc.evolution-api.com/v2/api-reference/message-controller/send-text"
  schemas = ["evolution", "evolutions"]
  secure  = ["evolutions"]
  urls    = ["evolution(s)://{key}@{server}:{port?}/{instance}/{to...?}"]

  field "server" {
    doc      = "The server's address."
    form     = "server"
    example  = "https://evolution.example.org"
    required = true
  }
  field "key" {
    type     = "secret"
    doc      = "The API key of the server or of the instance."
    required = true
  }
  field "instance" {
    doc      = "The name of the instance."
    example  = "ops"
    required = true
  }
  field "to" {
    type     = "list"
    doc      = "The telephone numbers to write to, with their country."
    form     = "phone"
    example  = ["5511999999999"]
    required = true
    query    = ["to"]
  }

  message {
    formats = ["chat", "text"]
    merge   = "{{ .title }}\r\n{{ .body }}"
  }

  request {
    each = ["to"]
    url  = "{{ .channel.server }}/message/sendText/{{ segment .channel.instance }}"
    headers = {
      apikey = "{{ .channel.key }}"
    }
    json = {
      number = "{{ digits .target }}"
      text   = "{{ .text }}"
    }
  }

  failure {
    why = ["response.message.0", "response.message", "message", "error"]
  }
  refusal "bad_key" {
    status = [401, 403]
    do     = "set key to that of the server or of the instance"
  }
  refusal "unknown_number" {
    status = [400]
    text   = "\"exists\": ?false"
    do     = "set to to numbers that are on WhatsApp, with their country"
  }
  refusal "unknown_instance" {
    status = [404]
    do     = "set instance to the name of one that the server has and that is connected to WhatsApp"
  }
  receipt = "key.id"
}
