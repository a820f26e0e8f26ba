BeforeDiscovery {
    . "$PSScriptRoot/common.ps1"
}

BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'Help of <_>' -ForEach (Get-Module RpiLive).ExportedCmdlets.Keys {
    BeforeAll {
        $name = $_
        $command = Get-Command $name -Module RpiLive
        $help = Get-Help $name -Full
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        $parameters = $command.Parameters.Values.Where{ $_.Name -notin $common }
    }

    It 'has a synopsis and a description' {
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Synopsis | Should -Not -BeLike "*$name*"
        $help.description.Text | Should -Not -BeNullOrEmpty
    }

    It 'has a syntax for each parameter set' {
        @($help.syntax.syntaxItem) | Should -HaveCount $command.ParameterSets.Count
    }

    It 'has examples that parse, with what they do' {
        @($help.examples.example).Count | Should -BeGreaterThan 2
        foreach ($example in $help.examples.example) {
            $problems = $null
            # What it shows stands after an empty line.
            $code = ($example.code -split '\r?\n\r?\n')[0]
            $null = [System.Management.Automation.Language.Parser]::ParseInput($code, [ref] $null, [ref] $problems)
            $problems | Should -BeNullOrEmpty -Because $code
            $example.title | Should -Not -BeNullOrEmpty
        }
    }

    It 'describes every parameter, and no other' {
        foreach ($parameter in $parameters) {
            (Get-Help $name -Parameter $parameter.Name).description.Text | Should -Not -BeNullOrEmpty -Because "-$($parameter.Name) needs a description"
        }
        @($help.parameters.parameter.name.Where{ $_ -notin $parameters.Name }) | Should -BeNullOrEmpty
    }

    It 'tells for every parameter whether it is needed, where it stands and whether it takes wildcards' {
        foreach ($parameter in $parameters) {
            $told = Get-Help $name -Parameter $parameter.Name
            $set = @($parameter.ParameterSets.Values)[0]
            "$($told.required)" | Should -Be "$($set.IsMandatory)" -Because "-$($parameter.Name) is so"
            "$($told.position)" | Should -Be ($set.Position -lt 0 ? 'named' : "$($set.Position)") -Because "-$($parameter.Name) is so"
            $wildcards = @($parameter.Attributes.Where{ $_ -is [System.Management.Automation.SupportsWildcardsAttribute] }).Count -gt 0
            "$($told.globbing)" | Should -Be "$wildcards" -Because "-$($parameter.Name) is so"
        }
    }

    It 'tells what it takes and gives' {
        $help.inputTypes.inputType.type.name | Should -Not -BeNullOrEmpty
        foreach ($type in $command.OutputType.Name) {
            "$($help.returnValues.returnValue.type.name)" | Should -BeLike "*$type*"
        }
    }
}

Describe 'about_RpiLive' {
    It 'is there' {
        "$(Get-Help about_RpiLive)" | Should -Match 'WHAT IS IN A LIVE IMAGE'
    }
}
